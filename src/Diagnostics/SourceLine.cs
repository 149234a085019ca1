// SPDX-License-Identifier: MIT
namespace Denali.Diagnostics;

/// <summary>A line of a source file.</summary>
/// <param name="File">Path as the line table has it, directory and name joined; made printable (see
/// <see cref="SafeText"/>), cut at <see cref="DiagnosticLimits.FileNameMaxLength"/>.</param>
/// <param name="Line">Line number from 1.</param>
public readonly record struct SourceLine(string File, uint Line)
{
    /// <inheritdoc/>
    public override string ToString() => $"{File}:{Line}";
}
