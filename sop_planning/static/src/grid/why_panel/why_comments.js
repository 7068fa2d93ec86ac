import { Component, useState } from "@odoo/owl";

/** The last words about the record behind a cell, and a box for one more. */
export class WhyComments extends Component {
    static template = "sop_planning.WhyComments";
    static props = {
        orm: Object,
        chatter: { type: Object, shape: { model: String, id: Number, name: String, can_post: Boolean } },
        comments: Array,
        title: String,
        open: Function,
        posted: Function,
    };

    setup() {
        this.state = useState({ text: "", isPosting: false });
    }

    onKeydown(ev) {
        if (ev.key === "Enter" && (ev.ctrlKey || ev.metaKey)) {
            ev.preventDefault();
            this.post();
        }
    }

    /** The note names the cell, as the record has many of them. */
    async post() {
        const text = this.state.text.trim();
        if (!text || this.state.isPosting) {
            return;
        }
        const { chatter, orm, title } = this.props;
        this.state.isPosting = true;
        try {
            await orm.call(chatter.model, "message_post", [[chatter.id]], {
                body: `${title}: ${text}`,
                message_type: "comment",
                subtype_xmlid: "mail.mt_note",
            });
            this.state.text = "";
        } finally {
            this.state.isPosting = false;
        }
        await this.props.posted();
    }
}
