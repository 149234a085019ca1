// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>The structure holds a fixed buffer.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class UnsafeValueTypeAttribute : Attribute;
