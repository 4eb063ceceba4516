{#- Cards wake by the magic packet; ethtool, which tells and sets that, is a package. -#}
{%- set components = pillar['muster']['components'] %}
include:
  - muster.preflight
{%- if 'packages' in components %}
  - muster.packages
{%- endif %}

The node can be woken by its network:
  muster_wake_on_lan.enabled:
    - interfaces: {{ components['wake_on_lan'].interfaces | json }}
    - require:
      - sls: muster.preflight
{%- if 'packages' in components %}
      - sls: muster.packages
{%- endif %}

The master knows the addresses that wake the node:
  muster_wake.registered:
    - interfaces: {{ components['wake_on_lan'].interfaces | json }}
    - require:
      - sls: muster.preflight
{%- if 'packages' in components %}
      - sls: muster.packages
{%- endif %}
