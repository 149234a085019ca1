// SPDX-License-Identifier: MIT
using System.Runtime;
using System.Runtime.CompilerServices;
using Denali.Hardware;
using Internal.Runtime;

namespace Ilwaco;

/// <summary>From the first instruction to the application's <c>Main</c>.</summary>
/// <remarks>
/// <c>Main</c> runs in the boot thread; when it returns, the VM ends with its result, whatever other threads do. That
/// boot is finished, so that the VM's state may become a template, is for the application to say: it knows what belongs
/// into every clone (<see cref="VirtualInstructions.Ready"/>).
/// </remarks>
internal static unsafe class Boot
{
    /// <summary>Called by the assembler at the kernel's entry point. Does not return.</summary>
    /// <param name="modules">First pointer to a module header in the image.</param>
    /// <param name="modulesEnd">Behind the last.</param>
    /// <param name="imageEnd">Behind the image, page aligned: the first byte that the heap may use.</param>
    [RuntimeExport("denali_start")]
    private static void Start(ModuleHeader** modules, ModuleHeader** modulesEnd, byte* imageEnd)
    {
        // Left only when there is a scheduler, which leaving may ask for another thread.
        CriticalSection.Enter();
        if (VirtualRegisters.Page->ArchitectureVersion != RegisterPage.CurrentVersion)
        {
            VirtualInstructions.Fault(
                FaultCode.Unsupported, "This guest is built for another version of the virtual hardware"u8);
        }

        PageAllocator.Initialize(imageEnd, (byte*)VirtualRegisters.Page->StackAreaBase);
        ModuleStartup.Initialize(modules, modulesEnd);
        Scheduler.Initialize();
        ConsoleDevice.Initialize();
        CriticalSection.Leave();
        int code = ManagedMain(0, null);
        VirtualInstructions.Terminate((uint)code);
    }

    // ILC makes it: calls the Main of the application.
    [RuntimeImport("*", "__managed__Main")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int ManagedMain(int argumentCount, byte** arguments);
}
