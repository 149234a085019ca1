// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>Native calls of the assembly take only blittable arguments.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class DisableRuntimeMarshallingAttribute : Attribute;
