// SPDX-License-Identifier: MIT
using System.Globalization;

namespace Denali.GuestChecker;

/// <summary>Something that a guest cannot do, and where.</summary>
/// <param name="File">The source file, or the assembly if there is no source.</param>
/// <param name="Line">The line, 0 if it is not known.</param>
/// <param name="Rule">What was found.</param>
/// <param name="Subject">The method, field or type.</param>
public sealed record Finding(string File, int Line, Rule Rule, string Subject)
{
    /// <summary>The finding as MSBuild expects an error.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{File}({Line}): error {Rule.Code}: {Subject}: {Rule.Message}");
}
