// SPDX-License-Identifier: MIT
namespace System.Runtime.InteropServices;

/// <summary>The argument is only written.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class OutAttribute : Attribute;
