{#- LVM: its filter first, so that no disk of an instance is taken for a node's own. -#}
{%- set components = pillar['muster']['components'] %}
{%- set wanted = components['lvm'] %}
include:
  - muster.preflight
{%- if 'packages' in components %}
  - muster.packages
{%- endif %}

{%- if wanted.filter %}

LVM leaves DRBD's devices out:
  muster_lvm.filtered:
    - require:
      - sls: muster.preflight
{%- if 'packages' in components %}
      - sls: muster.packages
{%- endif %}
{%- endif %}

The volume group is there:
  muster_lvm.grouped:
    - group: {{ wanted.group | json }}
    - devices: {{ wanted.devices | json }}
    - require:
      - sls: muster.preflight
{%- if 'packages' in components %}
      - sls: muster.packages
{%- endif %}
{%- if wanted.filter %}
      - muster_lvm: LVM leaves DRBD's devices out
{%- endif %}
