#!/usr/bin/env bash
# Breaks the sources in each of the ways that the patches beside this script describe, and shows that the tests notice.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../.." && pwd)"
core_tests="Scope.Core.Tests"
core="src/Scope.Core"

usage() {
  cat <<'TEXT'
Usage: tests/mutants/run.sh [--only NAME]... [--timeout SECONDS]

  --only NAME          runs tests/mutants/NAME.patch alone; can be repeated
  --timeout SECONDS    how long the tests of one mutant may take; then it counts
                       as killed, by a hang (default: 60)
  --patience SECONDS   how long a test waits for what should come before it fails,
                       also in the run without a mutant (default: 8)
  -h, --help           prints this

A mutant is a unified diff over src/ that begins with two lines:

  # Breaks: what no longer holds, in words
  # Killed by: an expression of `dotnet test --filter`: tests that fail with it

and, if those tests are in another project of tests/ than Scope.Core.Tests, a third:

  # Tests: Scope.Persistence.Postgres.Tests

It is killed if those tests fail, crash or hang, and survives if they pass. A patch
that does not apply or build, or whose expression matches no test, is an error.
All mutants are built one after the other in one copy of the checkout.

Exit code: 0 if every mutant was killed, 1 if not, 2 for a wrong option.
TEXT
}

refuse() {
  echo "run.sh: $1" >&2
  usage >&2
  exit 2
}

only=()
limit=60
patience=8
while (($# > 0)); do
  case "$1" in
    --only) (($# > 1)) || refuse "--only needs a name"; only+=("$(basename "$2" .patch)"); shift ;;
    --timeout) [[ "${2:-}" =~ ^[1-9][0-9]*$ ]] || refuse "--timeout needs a number of seconds"; limit="$2"; shift ;;
    --patience) [[ "${2:-}" =~ ^[1-9][0-9]*$ ]] || refuse "--patience needs a number of seconds"; patience="$2"; shift ;;
    -h | --help) usage; exit 0 ;;
    *) refuse "unknown option '$1'" ;;
  esac
  shift
done

patches=()
if ((${#only[@]} > 0)); then
  for name in "${only[@]}"; do
    [[ -f "$here/$name.patch" ]] || refuse "there is no $name.patch in tests/mutants"
    patches+=("$here/$name.patch")
  done
else
  for file in "$here"/*.patch; do
    [[ -f "$file" ]] && patches+=("$file")
  done
fi
((${#patches[@]} > 0)) || refuse "there are no patches in tests/mutants"

source "$root/eng/compiler.sh"
export GOGOSCOPE_HANG_SECONDS="$patience"
work="$(mktemp -d)"
copy="$work/copy"
log="$work/log"
built="$copy/artifacts/bin/$core_tests/debug"
reference="$copy/artifacts/obj/Scope.Core/debug/ref/GoGoScope.Core.dll"
trap 'end_compiler; rm -rf "$work"' EXIT

header() { # header FIELD FILE
  sed -n "s/^# $1: *//p" "$2" | head -n 1
}

# project PATCH: the project whose tests kill it.
project() {
  local named
  named="$(header Tests "$1")"
  echo "${named:-$core_tests}"
}

# The checkout with what is not committed yet, less what builds leave in it.
copy_checkout() {
  mkdir -p "$copy"
  (cd "$root" && git ls-files --cached --others --exclude-standard -z |
    while IFS= read -r -d '' file; do [[ -e "$file" ]] && printf '%s\0' "$file"; done |
    tar --null --files-from=- -cf -) | tar -xf - -C "$copy"
}

# Without analyzers: a mutant may be ugly, and it saves half of the time.
build() { # build PROJECT ARGUMENTS...
  (cd "$copy" && dotnet build --configuration Debug --verbosity quiet \
    -p:RunAnalyzers=false -p:TreatWarningsAsErrors=false "$@") >"$log" 2>&1
}

# The tests with a mutated Scope.Core. As long as what it shows to others is the same, they need not be built again.
build_mutant() { # build_mutant PATCH
  local tests
  tests="$(project "$1")"
  if [[ "$tests" == "$core_tests" ]] && ! grep '^+++ ' "$1" | grep -qv "^+++ b/$core/"; then
    build "$core" --no-restore || return 1
    if cmp --silent "$reference" "$work/reference.dll"; then
      cp "$copy"/artifacts/bin/Scope.Core/debug/GoGoScope.Core.{dll,pdb} "$built/"
      return
    fi
  fi
  build "tests/$tests" --no-restore
}

# run_tests PROJECT FILTER SECONDS: the exit code of the tests, 124 or 137 if they had to be ended; their output is in $log.
run_tests() {
  local code=0
  rm -rf "$work/results"
  (cd "$copy" && timeout --kill-after=5 "$3" dotnet test "artifacts/bin/$1/debug/GoGo$1.dll" \
    --filter "$2" --results-directory "$work/results" --logger trx --logger "console;verbosity=minimal") >"$log" 2>&1 || code=$?
  return "$code"
}

# The first test that failed, without its namespace; empty if none is known to have.
first_failure() {
  grep -hsE '<UnitTestResult .*outcome="Failed"' "$work"/results/*.trx | sed -n '1s/.* testName="\([^"]*\)".*/\1/p' | sed 's/&quot;/"/g'
}

crashed() {
  grep -qiE 'test host process crashed|run aborted' "$log"
}

some_test_ran() {
  grep -qsE '<Counters [^>]*executed="[1-9]' "$work"/results/*.trx
}

killed=0 survived=0 errors=0
report() { # report OUTCOME NAME TEXT
  printf '%-9s %-45s %s\n' "$1" "$2" "$3"
}

fail() { # fail NAME TEXT: an error, with the end of the log
  errors=$((errors + 1))
  report error "$1" "$2"
  tail -n 15 "$log" | sed 's/^/          | /'
}

# apply PATCH ARGUMENTS...
apply() {
  local file="$1"
  shift
  (cd "$copy" && patch --strip=1 --batch --fuzz=0 --no-backup-if-mismatch "$@" <"$file") >"$log" 2>&1
}

# Not by applying the patch in reverse: a line that it has taken out could come back in another place.
keep() { # keep PATCH: the files as they are before it
  rm -rf "$work/kept" && mkdir "$work/kept"
  (cd "$copy" && sed -n 's,^+++ b/,,p' "$1" | xargs cp --parents --target-directory "$work/kept")
}

restore() {
  cp --recursive "$work/kept/." "$copy"
}

try_mutant() { # try_mutant PATCH
  local name filter started code=0
  name="$(basename "$1" .patch)"
  filter="$(header "Killed by" "$1")"
  started=$SECONDS
  if ! apply "$1" --forward --dry-run; then
    fail "$name" "the patch does not apply to the sources as they are now"
    return
  fi
  keep "$1"
  apply "$1" --forward
  if ! build_mutant "$1"; then
    fail "$name" "does not build, and so proves nothing"
  else
    run_tests "$(project "$1")" "$filter" "$limit" || code=$?
    if ((code == 124 || code == 137)); then
      killed=$((killed + 1))
      report killed "$name" "by a hang, $((SECONDS - started)) s: $(header Breaks "$1")"
    elif ((code != 0)) && [[ -n "$(first_failure)" ]]; then
      killed=$((killed + 1))
      report killed "$name" "by $(first_failure), $((SECONDS - started)) s: $(header Breaks "$1")"
    elif ((code != 0)) && crashed; then
      killed=$((killed + 1))
      report killed "$name" "by a crash, $((SECONDS - started)) s: $(header Breaks "$1")"
    elif ((code != 0)); then
      fail "$name" "the tests could not be run"
    elif some_test_ran; then
      survived=$((survived + 1))
      report SURVIVED "$name" "$(header Breaks "$1")"
    else
      fail "$name" "no test matches \"$filter\""
    fi
  fi
  restore
}

# ---- the patches themselves ----

declare -A unions=()
for file in "${patches[@]}"; do
  for field in "Breaks" "Killed by"; do
    if [[ -z "$(header "$field" "$file")" ]]; then
      echo "run.sh: $(basename "$file") has no line \"# $field: …\"" >&2
      exit 1
    fi
  done
  tests="$(project "$file")"
  if [[ ! -d "$root/tests/$tests" ]]; then
    echo "run.sh: $(basename "$file") names the tests $tests, which do not exist" >&2
    exit 1
  fi
  unions[$tests]="${unions[$tests]:+${unions[$tests]}|}($(header "Killed by" "$file"))"
done

# ---- what is not mutated must pass, or a failure would mean nothing ----

copy_checkout
for tests in "${!unions[@]}"; do
  if ! build "tests/$tests"; then
    echo "run.sh: the sources do not build as they are" >&2
    tail -n 30 "$log" >&2
    exit 1
  fi
  if ! run_tests "$tests" "${unions[$tests]}" 600; then
    echo "run.sh: the tests fail without any mutant" >&2
    tail -n 60 "$log" >&2
    exit 1
  fi
  if ! some_test_ran; then
    echo "run.sh: no test of $tests matches ${unions[$tests]}" >&2
    exit 1
  fi
done
cp "$reference" "$work/reference.dll"

for file in "${patches[@]}"; do
  try_mutant "$file"
done

echo "${#patches[@]} mutants, $killed killed, $survived survived, $errors errors"
((killed == ${#patches[@]}))
