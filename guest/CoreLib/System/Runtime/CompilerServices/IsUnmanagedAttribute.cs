// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>What the <c>unmanaged</c> constraint becomes.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class IsUnmanagedAttribute : Attribute;
