// SPDX-License-Identifier: MIT
namespace System;

/// <summary>A method of 4 arguments with a result.</summary>
/// <typeparam name="T1">Type of an argument.</typeparam>
/// <typeparam name="T2">Type of an argument.</typeparam>
/// <typeparam name="T3">Type of an argument.</typeparam>
/// <typeparam name="T4">Type of an argument.</typeparam>
/// <typeparam name="TResult">Type of the result.</typeparam>
/// <param name="arg1">An argument.</param>
/// <param name="arg2">An argument.</param>
/// <param name="arg3">An argument.</param>
/// <param name="arg4">An argument.</param>
/// <returns>The result.</returns>
public delegate TResult Func<in T1, in T2, in T3, in T4, out TResult>(T1 arg1, T2 arg2, T3 arg3, T4 arg4);
