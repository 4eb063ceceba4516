{#- Take back all that muster did on this node, the last change first. No plan is needed. -#}
{%- for each in salt['muster_origins.kept']() %}
Take back {{ each }}:
  muster_origins.undone:
    - of: {{ each | json }}
{% endfor %}
Leave nothing behind:
  muster_origins.cleaned
