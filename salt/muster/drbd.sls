{#- The DRBD module: its options come before the package, which may load the module at once. -#}
{%- set components = pillar['muster']['components'] %}
{%- set wanted = components['drbd'] %}
include:
  - muster.preflight
{%- if 'packages' in components %}
  - muster.packages
{%- endif %}

The DRBD module is configured:
  muster_drbd.configured:
    - options: {{ wanted.options | json }}
    - require:
      - sls: muster.preflight
{%- if 'packages' in components %}
    - require_in:
      - sls: muster.packages
{%- endif %}

The DRBD module runs as configured:
  muster_drbd.loaded:
    - options: {{ wanted.options | json }}
    - require:
      - muster_drbd: The DRBD module is configured
{%- if 'packages' in components %}
      - sls: muster.packages
{%- endif %}
