# To be sourced by a script that builds. One compiler stays warm for all its builds, and no process outlives the script, which has
# to call end_compiler: a build server that keeps our output open lets whoever reads it wait for ever.

export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# What is built and tested ends before it pays to have measured where it is hot: the compiler takes a third less time without.
export DOTNET_TieredPGO=0

# MSBuild takes these for properties. The name is ours alone, so that nobody else's compiler is ended.
export UseSharedCompilation=true SharedCompilationId="gogoscope-$$"

end_compiler() {
  # Without pkill it ends by itself, after ten idle minutes.
  pkill -f -- "-pipename:$SharedCompilationId\$" 2>/dev/null || true
}
