// SPDX-License-Identifier: MIT
namespace System;

/// <summary>The compiler reports every use of the target.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class ObsoleteAttribute : Attribute
{
    /// <summary>Marks the target.</summary>
    /// <param name="message">What to use instead.</param>
    /// <param name="error">Whether a use is an error.</param>
    public ObsoleteAttribute(string? message = null, bool error = false)
    {
    }
}
