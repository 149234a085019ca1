// SPDX-License-Identifier: MIT
namespace System.Runtime.InteropServices;

/// <summary>The argument is only read.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class InAttribute : Attribute;
