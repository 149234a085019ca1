// SPDX-License-Identifier: MIT
namespace Denali.Control.Api;

/// <summary>The words of the local socket's paths.</summary>
internal static class ApiPaths
{
    /// <summary>Where all paths begin: the version. What an older command could not understand gets another.</summary>
    internal const string Root = "/v1/";

    internal const string Sample = "sample";
    internal const string Sites = "sites";
    internal const string Clone = "clone";
    internal const string Park = "park";
    internal const string SwapOut = "swap-out";
    internal const string Wake = "wake";
    internal const string Kill = "kill";
    internal const string Pages = "pages";

    internal const string After = "after";
    internal const string Limit = "limit";
    internal const string Prefix = "prefix";
    internal const string State = "state";
    internal const string Residence = "residence";
}
