// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>The parameter receives the name of the calling member.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class CallerMemberNameAttribute : Attribute;
