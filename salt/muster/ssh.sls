{#- Root's SSH from the cluster's master node to the others. Keys are sent as early as they are
    there, as other nodes wait for them; the rest comes when the server is installed. -#}
{%- set components = pillar['muster']['components'] %}
{%- set wanted = components['ssh'] %}
{%- set before = ['packages', 'network', 'firewall'] | select('in', components) | list %}
{%- set is_master = 'kinds' in wanted %}
include:
  - muster.preflight
{%- for component in before %}
  - muster.{{ component }}
{%- endfor %}

{%- if is_master or wanted.get('tells') %}

Keys that are there already are told to the other nodes:
  muster_ssh.offered:
    - host: {{ (not is_master) | json }}
    - kinds: {{ wanted.get('kinds', []) | json }}
    - early: true
    - require:
      - sls: muster.preflight
    # Before the components, whose failure is no reason to keep others waiting.
    - order: 1
{%- endif %}

The SSH server lets root in by a key:
  muster_ssh.configured:
    - root_login: {{ wanted.root_login | json }}
    - client: {{ wanted.client | json }}
    - require:
      - sls: muster.preflight
{%- for component in before %}
      - sls: muster.{{ component }}
{%- endfor %}

{%- if is_master or wanted.get('tells') %}

The other nodes can learn this node's keys:
  muster_ssh.offered:
    - host: {{ (not is_master) | json }}
    - kinds: {{ wanted.get('kinds', []) | json }}
    - require:
      - sls: muster.preflight
{%- for component in before %}
      - sls: muster.{{ component }}
{%- endfor %}
{%- endif %}

{%- if wanted.get('master') %}

The master logs in as root by its key:
  muster_ssh.authorized:
    - master: {{ wanted.master | json }}
    - allowed: {{ wanted.allowed | json }}
    - require:
      - sls: muster.preflight
{%- for component in before %}
      - sls: muster.{{ component }}
{%- endfor %}
{%- endif %}

{%- if wanted.get('shared') %}

The cluster's nodes are pinned:
  muster_ssh.pinned:
    - shared: {{ wanted.shared | json }}
    - require:
      - sls: muster.preflight
{%- for component in before %}
      - sls: muster.{{ component }}
{%- endfor %}
{%- endif %}
