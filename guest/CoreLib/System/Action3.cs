// SPDX-License-Identifier: MIT
namespace System;

/// <summary>A method of 3 arguments without a result.</summary>
/// <typeparam name="T1">Type of an argument.</typeparam>
/// <typeparam name="T2">Type of an argument.</typeparam>
/// <typeparam name="T3">Type of an argument.</typeparam>
/// <param name="arg1">An argument.</param>
/// <param name="arg2">An argument.</param>
/// <param name="arg3">An argument.</param>
public delegate void Action<in T1, in T2, in T3>(T1 arg1, T2 arg2, T3 arg3);
