#!/usr/bin/env bash
# Installs the servers that the tests of stores start, from the system's packages, if their programs are missing. The services
# that come with the packages are not started: tests run servers of their own, on free ports and in temporary folders.
set -euo pipefail

# Where servers are, which not everybody's PATH has.
PATH="$PATH:/usr/sbin/"

has_redis() { command -v redis-server >/dev/null; }
has_postgres() { command -v postgres >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null; }
has_pooler() { command -v pgbouncer >/dev/null; }
has_mariadb() { command -v mariadbd >/dev/null && command -v mariadb-install-db >/dev/null; }

# package, the services it brings
packages=() services=()
has_redis || { packages+=(redis-server); services+=(redis-server); }
has_postgres || { packages+=(postgresql); services+=(postgresql); }
has_pooler || { packages+=(pgbouncer); services+=(pgbouncer); }
has_mariadb || { packages+=(mariadb-server); services+=(mariadb); }
((${#packages[@]} > 0)) || exit 0

explain() {
  echo "install-servers.sh: $1" >&2
  echo "install-servers.sh: the tests need ${packages[*]}. Either install that, or name servers that run already, in" >&2
  echo "install-servers.sh: GOGOSCOPE_TEST_REDIS=localhost:6379 GOGOSCOPE_TEST_POSTGRES='Host=localhost;Username=...'" >&2
  echo "install-servers.sh: GOGOSCOPE_TEST_MYSQL='Server=localhost;User ID=...;Database=...'" >&2
  exit 1
}

command -v apt-get >/dev/null || explain "there is no apt-get here"
if (($(id -u) != 0)); then
  # Without asking for a password: nobody may be there to give it.
  command -v sudo >/dev/null && sudo -n true 2>/dev/null || explain "only root can install packages; run: sudo apt-get install ${packages[*]}"
  exec sudo -n bash "${BASH_SOURCE[0]}"
fi

# While this is there, no package starts its service. One that somebody else has put there decides as it likes.
policy=/usr/sbin/policy-rc.d
if [[ ! -e "$policy" ]]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
fi

install() {
  DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends "${packages[@]}" </dev/null
}

echo "install-servers.sh: installing ${packages[*]}" >&2
log="$(mktemp)"
# A machine that was just made has no lists of packages, and an old one may name packages that are gone.
if ! install >"$log" 2>&1 && ! { apt-get update --quiet >"$log" 2>&1 && install >>"$log" 2>&1; }; then
  cat "$log" >&2
  rm -f "$log"
  explain "apt-get failed, as said above"
fi
rm -f "$log"

# Nor are they started with the machine, or by a policy other than ours.
if [[ -d /run/systemd/system ]]; then
  systemctl disable --now --quiet "${services[@]}" || true
else
  for service in "${services[@]}"; do
    if [[ -x "/etc/init.d/$service" ]]; then "/etc/init.d/$service" stop >/dev/null 2>&1 || true; fi
  done
fi

has_redis && has_postgres && has_pooler && has_mariadb || explain "apt-get has installed ${packages[*]}, and their programs are still not to be found"
