# ./build.ps1 build|test|demo|bench|format: what build.sh does, for PowerShell.
param([string] $Target = 'build', [Parameter(ValueFromRemainingArguments)] [string[]] $Rest)
Set-Location $PSScriptRoot
$arguments = @($Rest | Where-Object { $_ } | ForEach-Object { $_ -replace '^-p:EdgeAIPackages=', '--EdgeAIPackages=' })
Remove-Item artifacts/tests.txt -ErrorAction Ignore
dotnet tool restore | Out-Null
if ($LASTEXITCODE) { exit $LASTEXITCODE }
dotnet cake --target=$Target --verbosity=quiet @arguments
$status = $LASTEXITCODE
if ($Target -eq 'test') {
    if (Test-Path artifacts/tests.txt) { Get-Content artifacts/tests.txt } else { '0 passed, 1 failed, 0 skipped'; $status = 1 }
}
exit $status
