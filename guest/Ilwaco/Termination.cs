// SPDX-License-Identifier: MIT
using System;
using Denali.Hardware;

namespace Ilwaco;

/// <summary>The kernel's request that this VM ends itself.</summary>
/// <remarks>
/// A VM that has set no handler and has no thread in <see cref="Wait"/> ends at once with <see cref="DefaultCode"/>.
/// One that has is on its own: it should end soon, or the kernel may kill it.
/// </remarks>
public static class Termination
{
    /// <summary>The code that a VM ends with that does nothing about the request.</summary>
    public const uint DefaultCode = 130;

    private static volatile bool s_isRequested;
    private static Action? s_handler;
    private static WaitQueue s_waiters;

    /// <summary>Whether the kernel has asked.</summary>
    public static bool IsRequested => s_isRequested;

    /// <summary>Sets what to call when the kernel asks.</summary>
    /// <param name="handler">Called inside a critical section: short, must not block. Null for the default.</param>
    public static void SetHandler(Action? handler) => s_handler = handler;

    /// <summary>Lets the current thread wait until the kernel asks.</summary>
    public static void Wait()
    {
        CriticalSection.Enter();
        if (!s_isRequested)
        {
            _ = s_waiters.Wait(InstructionPage.Never);
        }

        CriticalSection.Leave();
    }

    /// <summary>The terminate interrupt. Called inside a critical section.</summary>
    internal static void OnInterrupt()
    {
        s_isRequested = true;
        if (s_handler is null && s_waiters.IsEmpty)
        {
            VirtualInstructions.Terminate(DefaultCode);
        }

        s_waiters.WakeAll();
        s_handler?.Invoke();
    }
}
