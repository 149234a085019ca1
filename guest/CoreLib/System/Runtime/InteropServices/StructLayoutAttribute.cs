// SPDX-License-Identifier: MIT
namespace System.Runtime.InteropServices;

/// <summary>How the fields of a type are laid out.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class StructLayoutAttribute : Attribute
{
    /// <summary>Chooses the layout.</summary>
    /// <param name="layoutKind">The kind of layout.</param>
    public StructLayoutAttribute(LayoutKind layoutKind) => Value = layoutKind;

    /// <summary>Size in bytes, 0 for what the fields need.</summary>
    public int Size;

    /// <summary>Largest alignment of a field, 0 for the default.</summary>
    public int Pack;

    /// <summary>Ignored: there are no native strings.</summary>
    public CharSet CharSet;

    /// <summary>The kind of layout.</summary>
    public LayoutKind Value { get; }
}
