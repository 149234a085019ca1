// SPDX-License-Identifier: MIT
namespace System.Diagnostics.CodeAnalysis;

/// <summary>The method does not return if the argument has the value.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class DoesNotReturnIfAttribute : Attribute
{
    /// <summary>Marks the target.</summary>
    /// <param name="parameterValue">The argument.</param>
    public DoesNotReturnIfAttribute(bool parameterValue)
    {
    }
}
