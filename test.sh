#!/usr/bin/env bash
# Builds the solution and runs every test. The last line is "N passed, N failed, N skipped".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
  cat <<'TEXT'
Usage: ./test.sh [--install] [--filter EXPRESSION]

  --install            may install what tests need from the system's packages: Redis,
                       PostgreSQL with PgBouncer, and MariaDB, which the tests start
                       themselves; without it the tests use what is there, and skip the
                       stores that have no server
  --filter EXPRESSION  runs some of the tests: an expression of `dotnet test --filter`,
                       such as LockTests or "FullyQualifiedName~Conventions"
  -h, --help           prints this

Exit code: 0 if tests ran and none failed, 1 if not, 2 for a wrong option.
TEXT
}

refuse() {
  echo "test.sh: $1" >&2
  usage >&2
  exit 2
}

install=false
filter=""
while (($# > 0)); do
  case "$1" in
    --install) install=true ;;
    --filter) (($# > 1)) || refuse "--filter needs an expression"; filter="$2"; shift ;;
    --filter=*) filter="${1#--filter=}" ;;
    -h | --help) usage; exit 0 ;;
    *) refuse "unknown option '$1'" ;;
  esac
  shift
done

source eng/compiler.sh
results="$(mktemp -d)"
trap 'end_compiler; rm -rf "$results"' EXIT

# What tests need beyond the .NET SDK: the servers of the stores. After that, a test that finds none has failed.
install_needs() {
  export GOGOSCOPE_REQUIRE_STORES=1
  eng/install-servers.sh || echo "test.sh: going on without; the tests of stores whose servers are missing will fail" >&2
}

# Adds up the counters of all result files in $results; sets passed, failed and skipped.
count_results() {
  passed=0 failed=0 skipped=0
  local file counters total executed pass
  for file in "$results"/*.trx; do
    [[ -e "$file" ]] || continue
    counters="$(grep -m1 -o '<Counters [^>]*>' "$file")"
    total="$(counter total "$counters")" executed="$(counter executed "$counters")" pass="$(counter passed "$counters")"
    passed=$((passed + pass))
    failed=$((failed + executed - pass))
    skipped=$((skipped + total - executed))
  done
}

counter() {
  sed -E "s/.* $1=\"([0-9]+)\".*/\1/" <<<"$2"
}

# Sets code to 1 unless all tests ran and passed, and says why where the tests themselves don't.
run_tests() {
  # With assertions and optimized: what explores all states takes half as long.
  if ! dotnet build GoGoScope.sln --configuration Debug -p:Optimize=true --verbosity quiet; then
    fail_without_test "the build failed"
    return
  fi
  # One project at a time: two take as long together, and a machine that is busy with others makes tests slow that wait for threads.
  # A test that hangs for ten minutes is ended and named.
  dotnet test GoGoScope.sln --configuration Debug --no-build -maxcpucount:1 \
    --results-directory "$results" --logger trx --logger "console;verbosity=minimal" \
    --blame-hang-timeout 10m --blame-hang-dump-type none ${filter:+--filter "$filter"} || code=1
  count_results
  if ((passed > 0)); then awk -f eng/explored-states.awk "$results"/*.trx; fi
  if ((failed > 0)); then
    echo "Failed:"
    awk -f eng/failed-tests.awk "$results"/*.trx
    code=1
  elif ((code != 0)); then
    # In the set-up of a fixture, at the end of the run, by a crash or a hang.
    fail_without_test "the run failed outside of its tests, as said above"
  elif ((passed == 0)); then
    fail_without_test "no test ran"
  fi
}

fail_without_test() {
  echo "test.sh: $1" >&2
  code=1 failed=1
}

if ! command -v dotnet >/dev/null; then
  echo "test.sh: needs the .NET 10 SDK, and there is no 'dotnet' on the PATH" >&2
  exit 1
fi
if "$install"; then install_needs; fi

passed=0 failed=0 skipped=0 code=0
run_tests
echo "$passed passed, $failed failed, $skipped skipped"
exit "$code"
