{#- Xen: its tools' settings, the boot loader and the kernel of instances, after the packages. -#}
{%- set components = pillar['muster']['components'] %}
include:
  - muster.preflight
{%- if 'packages' in components %}
  - muster.packages
{%- endif %}

Xen is set up for instances:
  muster_xen.managed:
    - wanted: {{ components['xen'] | json }}
    - require:
      - sls: muster.preflight
{%- if 'packages' in components %}
      - sls: muster.packages
{%- endif %}
