// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>No arm of a switch expression fits.</summary>
/// <remarks>To throw it is to panic; see <see cref="Exception"/>.</remarks>
public sealed class SwitchExpressionException : InvalidOperationException
{
    /// <summary>What the compiler throws.</summary>
    public SwitchExpressionException()
        : base("No arm of the switch expression fits", file: null, line: 0)
    {
    }

    /// <summary>What the compiler throws if it knows the value.</summary>
    /// <param name="unmatchedValue">The value.</param>
    public SwitchExpressionException(object? unmatchedValue)
        : this()
    {
    }
}
