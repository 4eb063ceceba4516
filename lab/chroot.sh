#!/bin/sh
# Runs a command in a root whose changes are thrown away. Started in a mount namespace of its
# own, so that no mount outlives it.
#   chroot.sh WORK ROOT LAYER BINDS CMD...
# WORK: an empty folder; LAYER: a folder copied over the root; BINDS: a file of lines "FROM TO"
set -eu
work=$1 lower=$2 layer=$3 binds=$4
shift 4
mount -t tmpfs -o mode=0755 muster-lab "$work"
mkdir "$work/upper" "$work/work" "$work/root"
cp -a "$layer/." "$work/upper/"
mount -t overlay -o "lowerdir=$lower,upperdir=$work/upper,workdir=$work/work" overlay "$work/root"
root=$work/root
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
while read -r from to; do
    mkdir -p "$root$to"
    mount --bind "$from" "$root$to"
done <"$binds"
exec chroot "$root" "$@"
