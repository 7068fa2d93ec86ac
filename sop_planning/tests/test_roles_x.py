import json, traceback, inspect
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger
from .common import TODAY
from .common_roles import GROUPS, RolesCommon
ARGS={"action_select":["Because"],"action_decide":lambda s:[s.decision.option_ids[:1].id,"Because"],"action_defer":["2026-12-24","Because"],"action_approve":[], "default_get":[["old_kind"]]}
SKIP={"write","create","unlink","get_view","copy_data"}
@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestX(RolesCommon):
    def public(self, name):
        out={}
        for k in type(self.env[name]).__mro__:
            if k.__module__.startswith("odoo.addons.sop_planning"):
                for n,f in vars(k).items():
                    if not n.startswith("_") and inspect.isfunction(f): out[n]=f
        return out
    def test_x(self):
        for n in self._models():
            try:
                s=self._sample(n)
                if not s: print("NOSAMPLE", n)
            except Exception as e:
                print("FAIL", n, repr(e)[:200])
        out={}
        for n in self._models():
            m=self.env[n]
            row={}
            for r,u in self._people().items():
                row[r]="".join(l for l,o in (("r","read"),("w","write"),("c","create"),("u","unlink")) if m.with_user(u).has_access(o))
            out[n]=row
        json.dump(out,open("/tmp/w/hr_acl.json","w"),indent=1)
    def test_y(self):
        import os
        if os.environ.get("HIDE"): self._hide_money()
        people=dict(self._people()); people["stranger"]=self._stranger()
        names=self._models()+["mrp.workcenter","product.product","res.partner"]
        out={}
        for n in names:
            for meth in self.public(n):
                if meth in SKIP or (n in("mrp.workcenter","product.product","res.partner") and not meth.startswith("action_open_sop")): continue
                for role,user in people.items():
                    sp=self.env.cr.savepoint()
                    try:
                        if n=="mrp.workcenter": rec=self.lathe
                        elif n=="product.product": rec=self.pump
                        elif n=="res.partner": rec=self.foundry
                        else: rec=self._sample(n,user if self.env[n]._transient else None)
                        if n=="sop.decision": rec=self.decision
                        if n=="sop.scenario": rec=self.what_if
                        a=ARGS.get(meth,[]); a=a(self) if callable(a) else a
                        f=getattr(type(self.env[n]),meth)
                        if not getattr(f,"_api_model",False): a=[rec.ids,*a]
                        self.env.flush_all(); self.env.invalidate_all()
                        before=self._written()
                        try:
                            with mute_logger("odoo.sql_db","odoo.models","odoo.addons.base.models.ir_model","odoo.addons.base.models.ir_rule"):
                                self._rpc(user,n,meth,*a)
                            ch=self._changed_since(before)
                            res="ok"+(" W:"+",".join(sorted(ch)) if ch else "")
                        except AccessError as e: res="AE "+str(e)[:70] if "amount" in str(e) or "field" in str(e) else "AE"
                        except UserError as e: res="UE "+str(e)[:60]
                        except Exception as e:
                            res="CRASH "+repr(e)[:150]+" @ "+traceback.format_exc().strip().splitlines()[-3]
                    finally:
                        sp.close(rollback=True); self.env.invalidate_all()

                    out[f"{n}.{meth}|{role}"]=res
        json.dump(out,open("/tmp/w/hr_meth%s.json"%os.environ.get("HIDE",""),"w"),indent=0)
