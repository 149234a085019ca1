// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>The static constructor runs at start, before the application.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class EagerStaticClassConstructionAttribute : Attribute;
