// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>The method runs before the application's entry point.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class ModuleInitializerAttribute : Attribute;
