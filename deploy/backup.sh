#!/usr/bin/env bash
# Save what cannot be made again: what offices sent and the book of it, saved views, presentations, roles, outlines; and the
# published build with its pointer, so that a restored server shows at once what it showed before.
#
#   deploy/backup.sh TO [DATA] [BUILDS]     (data, data/warehouse; VIEWS_DIR and PRESENTATIONS_DIR count as on the server)
#
# Writes TO/learning-city-<UTC time>.tar.gz and .sha256 beside it, or nothing. Servers may go on meanwhile: the locks of
# the builder and of the book are held while files are copied.
set -euo pipefail
umask 077
[ $# -ge 1 ] || { echo "deploy/backup.sh TO [DATA] [BUILDS]" >&2; exit 2; }
to=$1
data=${2:-data}
builds=${3:-$data/warehouse}
views=${VIEWS_DIR:-$data/views}
presentations=${PRESENTATIONS_DIR:-$data/presentations}
[ -d "$data" ] || { echo "$data is no folder" >&2; exit 2; }

mkdir -p "$to"
name=learning-city-$(date -u +%Y%m%dT%H%M%SZ)
work=$(mktemp -d "$to/.backup-XXXXXX")
trap 'rm -rf "$work"' EXIT
copy=$work/$name
mkdir -p "$copy"

take() { # a folder, if it is there, under a name
    if [ -d "$1" ]; then mkdir -p "$copy/$2" && cp -a "$1/." "$copy/$2/"; fi
}

# The order in which a submission takes them: the book, then the build.
mkdir -p "$data/intake" "$builds"
exec 8>>"$data/intake/.lock" 9>>"$builds/.lock"
flock --wait 600 8 || { echo "a submission has held the book for 10 minutes" >&2; exit 1; }
flock --wait 600 9 || { echo "a build has run for 10 minutes" >&2; exit 1; }

take "$data/reports" reports
take "$data/intake" intake
take "$views" views
take "$presentations" presentations
take "$data/boundaries" boundaries
[ -f "${ACCESS_FILE:-$data/access.yml}" ] && cp -a "${ACCESS_FILE:-$data/access.yml}" "$copy/access.yml"
if [ -f "$builds/CURRENT" ]; then
    current=$(cat "$builds/CURRENT")
    mkdir -p "$copy/builds"
    cp -a "$builds/$current.duckdb" "$builds/CURRENT" "$copy/builds/"
    [ ! -f "$builds/TAKEN_BACK" ] || cp -a "$builds/TAKEN_BACK" "$copy/builds/"
fi
exec 8>&- 9>&-

find "$copy" -name .lock -delete
(cd "$copy" && find . -type f ! -name SHA256SUMS -print0 | sort -z | xargs -0 -r sha256sum > SHA256SUMS)
tar -C "$work" -czf "$work/$name.tar.gz" "$name"
(cd "$work" && sha256sum "$name.tar.gz" > "$name.tar.gz.sha256")
mv "$work/$name.tar.gz.sha256" "$to/"
mv "$work/$name.tar.gz" "$to/" # last: an archive that is there is whole
echo "$to/$name.tar.gz"
