// SPDX-License-Identifier: MIT
using System.Globalization;

namespace Denali.Bench.Http;

/// <summary>A kind of load.</summary>
/// <param name="SizeBytes">Bytes of the file that is asked for.</param>
/// <param name="Connections">How many connections ask at a time.</param>
/// <param name="IsShort">Each request has a connection of its own.</param>
internal readonly record struct HttpCase(int SizeBytes, int Connections, bool IsShort = false)
{
    /// <summary>Its name in tables.</summary>
    internal string Name => string.Create(
        CultureInfo.InvariantCulture,
        $"{SizeBytes} B, {Connections} {(IsShort ? "short " : "")}connection{(Connections == 1 ? "" : "s")}");

    /// <summary>The path of the file.</summary>
    internal string Path => WebContent.PathOf(SizeBytes);
}
