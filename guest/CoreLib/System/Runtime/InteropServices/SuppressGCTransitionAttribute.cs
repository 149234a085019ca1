// SPDX-License-Identifier: MIT
namespace System.Runtime.InteropServices;

/// <summary>The native call is made like a call of a managed method.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class SuppressGCTransitionAttribute : Attribute;
