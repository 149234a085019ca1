// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>The parameter receives the text of another argument.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class CallerArgumentExpressionAttribute : Attribute
{
    /// <summary>Marks the target.</summary>
    /// <param name="parameterName">The other parameter.</param>
    public CallerArgumentExpressionAttribute(string parameterName)
    {
    }
}
