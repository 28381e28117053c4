#!/usr/bin/env bash
# Put back what deploy/backup.sh saved, into new folders.
#
#   deploy/restore.sh ARCHIVE [DATA] [BUILDS]     (data, data/warehouse; VIEWS_DIR and PRESENTATIONS_DIR as on the server)
#
# The archive and each file in it are held against their SHA-256 before anything is put in place. Stop the servers before.
set -euo pipefail
umask 027
[ $# -ge 1 ] || { echo "deploy/restore.sh ARCHIVE [DATA] [BUILDS]" >&2; exit 2; }
archive=$1
data=${2:-data}
builds=${3:-$data/warehouse}
views=${VIEWS_DIR:-$data/views}
presentations=${PRESENTATIONS_DIR:-$data/presentations}

(cd "$(dirname "$archive")" && sha256sum --check --quiet "$(basename "$archive").sha256") \
    || { echo "$archive is not what was saved" >&2; exit 1; }
mkdir -p "$data"
work=$(mktemp -d "$data/.restore-XXXXXX")
trap 'rm -rf "$work"' EXIT
tar -C "$work" -xzf "$archive"
from=$(find "$work" -mindepth 1 -maxdepth 1 -type d)
(cd "$from" && sha256sum --check --quiet SHA256SUMS) || { echo "a file in $archive is damaged" >&2; exit 1; }

places=("reports:$data/reports" "intake:$data/intake" "views:$views" "presentations:$presentations"
    "boundaries:$data/boundaries" "builds:$builds")
for place in "${places[@]}"; do # another file of the same name is never overwritten
    saved=$from/${place%%:*} target=${place#*:}
    [ -d "$saved" ] || continue
    while IFS= read -r -d '' file; do
        if [ -e "$target/$file" ] && ! cmp -s "$saved/$file" "$target/$file"; then
            echo "$target/$file is another file; move the folder away first" >&2
            exit 1
        fi
    done < <(cd "$saved" && find . -type f -print0)
done
for place in "${places[@]}"; do
    saved=$from/${place%%:*} target=${place#*:}
    [ -d "$saved" ] || continue
    mkdir -p "$target"
    cp -a "$saved/." "$target/"
    echo "$target"
done
[ ! -f "$from/access.yml" ] || cp -a "$from/access.yml" "${ACCESS_FILE:-$data/access.yml}"
