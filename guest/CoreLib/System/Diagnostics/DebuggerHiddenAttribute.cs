// SPDX-License-Identifier: MIT
namespace System.Diagnostics;

/// <summary>Debuggers step over the method.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class DebuggerHiddenAttribute : Attribute;
