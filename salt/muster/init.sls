{#- Make this node meet all that its plan asks: preflight, the plan's components, verification. -#}
include:
  - muster.preflight
{%- for component in salt['muster.components']() %}
  - muster.{{ component }}
{%- endfor %}
  - muster.verification
