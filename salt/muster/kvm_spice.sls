{#- The program name kvm-spice, where the distribution does not bring it. -#}
{%- set components = pillar['muster']['components'] %}
include:
  - muster.preflight
{%- if 'packages' in components %}
  - muster.packages
{%- endif %}

The program kvm-spice is there:
  muster_kvm_spice.linked:
    - require:
      - sls: muster.preflight
{%- if 'packages' in components %}
      - sls: muster.packages
{%- endif %}
