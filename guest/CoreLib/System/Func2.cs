// SPDX-License-Identifier: MIT
namespace System;

/// <summary>A method of 1 arguments with a result.</summary>
/// <typeparam name="T">Type of an argument.</typeparam>
/// <typeparam name="TResult">Type of the result.</typeparam>
/// <param name="arg">An argument.</param>
/// <returns>The result.</returns>
public delegate TResult Func<in T, out TResult>(T arg);
