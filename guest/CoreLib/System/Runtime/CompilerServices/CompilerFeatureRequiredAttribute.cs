// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>Only a compiler that knows the feature may use the target.</summary>
[AttributeUsage(AttributeTargets.All, AllowMultiple = true)]
public sealed class CompilerFeatureRequiredAttribute : Attribute
{
    /// <summary>Marks the target.</summary>
    /// <param name="featureName">The feature.</param>
    public CompilerFeatureRequiredAttribute(string featureName)
    {
    }
}
