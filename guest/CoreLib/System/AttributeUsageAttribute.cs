// SPDX-License-Identifier: MIT
namespace System;

/// <summary>What an attribute may be put on.</summary>
public sealed class AttributeUsageAttribute : Attribute
{
    /// <summary>Chooses the targets.</summary>
    /// <param name="validOn">The targets.</param>
    public AttributeUsageAttribute(AttributeTargets validOn) => ValidOn = validOn;

    /// <summary>The targets.</summary>
    public AttributeTargets ValidOn { get; }

    /// <summary>Whether one target may have several.</summary>
    public bool AllowMultiple { get; set; }

    /// <summary>Whether derived types have it too.</summary>
    public bool Inherited { get; set; }
}
