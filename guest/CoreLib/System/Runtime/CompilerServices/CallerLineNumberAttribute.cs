// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>The parameter receives the line of the call.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class CallerLineNumberAttribute : Attribute;
