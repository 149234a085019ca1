// SPDX-License-Identifier: MIT
namespace System;

/// <summary>Something to give back.</summary>
public interface IDisposable
{
    /// <summary>Gives it back.</summary>
    void Dispose();
}
