// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>The parameter receives the path of the calling source file.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class CallerFilePathAttribute : Attribute;
