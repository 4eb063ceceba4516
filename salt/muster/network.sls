{#- Devices, addresses, routes and sysctls: packages come first, as the change may cut them off. -#}
{%- set components = pillar['muster']['components'] %}
include:
  - muster.preflight
{%- if 'packages' in components %}
  - muster.packages
{%- endif %}

The network is as wanted:
  muster_network.configured:
    - wanted: {{ components['network'] | json }}
    - require:
      - sls: muster.preflight
{%- if 'packages' in components %}
      - sls: muster.packages
{%- endif %}
