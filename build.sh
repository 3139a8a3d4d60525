#!/usr/bin/env bash
# ./build.sh build|test|demo|bench|format [--configuration=Debug] [-p:EdgeAIPackages=portable|nuget] [--args="for the program"]
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

target=${1:-build}
[ $# -gt 0 ] && shift
case "$target" in
  build|test|demo|bench|format) ;;
  *) sed -n '2s/^# //p' "$0" >&2; exit 2 ;;
esac

arguments=()
for argument in "$@"; do
  case "$argument" in
    -p:EdgeAIPackages=*) arguments+=("--EdgeAIPackages=${argument#*=}") ;;
    *) arguments+=("$argument") ;;
  esac
done

rm -f artifacts/tests.txt
restored=$(dotnet tool restore 2>&1) || { printf '%s\n' "$restored" >&2; exit 1; }
dotnet cake --target="$target" --verbosity=quiet ${arguments[@]+"${arguments[@]}"}
status=$?

# The sum of all test projects is the last line, alone. No result file: the build failed before a test ran.
if [ "$target" = test ]; then
  [ -s artifacts/tests.txt ] || { echo "No test ran: the build failed, counted as one failure." >&2; mkdir -p artifacts; echo "0 passed, 1 failed, 0 skipped" >artifacts/tests.txt; status=1; }
  cat artifacts/tests.txt
fi
exit "$status"
