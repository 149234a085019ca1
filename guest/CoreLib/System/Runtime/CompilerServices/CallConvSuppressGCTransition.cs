// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>A native call that is made like a call of a managed method.</summary>
public class CallConvSuppressGCTransition;
