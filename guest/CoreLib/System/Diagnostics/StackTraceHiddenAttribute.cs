// SPDX-License-Identifier: MIT
namespace System.Diagnostics;

/// <summary>The method is left out of stack traces.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class StackTraceHiddenAttribute : Attribute;
