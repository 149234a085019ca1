// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>The calling convention of native code.</summary>
public class CallConvCdecl;
