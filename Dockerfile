# Odoo 19 Community with the addon and the libraries of its planning engine; see compose.yaml.
# The image's own Python packages stay: only the three libraries Odoo does not bring are added.
FROM odoo:19.0
USER root
COPY requirements.txt /tmp/requirements.txt
RUN grep -E '^(numpy|pandas|scipy)==' /tmp/requirements.txt > /tmp/engine.txt \
    && pip3 install --no-cache-dir --break-system-packages -r /tmp/engine.txt \
    && rm /tmp/requirements.txt /tmp/engine.txt
COPY . /mnt/extra-addons/
USER odoo
