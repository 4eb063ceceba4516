{#- The firewall: after the network, as its rules may name interfaces, and after the packages. -#}
{%- set components = pillar['muster']['components'] %}
{%- set wanted = components['firewall'] %}
{%- set before = ['packages', 'network'] | select('in', components) | list %}
include:
  - muster.preflight
{%- for component in before %}
  - muster.{{ component }}
{%- endfor %}

The firewall lets in what the plan asks for:
  muster_firewall.filtered:
    - rules: {{ wanted.rules | json }}
    - admin: {{ wanted.admin | json }}
    - masters: {{ wanted.masters | json }}
    - confirm: {{ wanted.confirm }}
    - require:
      - sls: muster.preflight
{%- for component in before %}
      - sls: muster.{{ component }}
{%- endfor %}
