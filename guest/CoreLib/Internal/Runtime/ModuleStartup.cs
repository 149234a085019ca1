// SPDX-License-Identifier: MIT
using System;
using System.Runtime.CompilerServices;

namespace Internal.Runtime;

/// <summary>Prepares the statics of the image. The library OS calls it once, when the heap works.</summary>
/// <remarks>
/// Statics without references lie in the image and need nothing. For each class with statics that are references the
/// image has a word that says of what type the block of them is; here the block is made and the word replaced by its
/// address, which is what compiled code loads.
/// </remarks>
internal static unsafe class ModuleStartup
{
    private const ulong Uninitialized = 1;
    private const ulong HasImage = 2;
    private const ulong TagMask = 3;

    /// <summary>Prepares the statics of all modules in the image and runs what must run first.</summary>
    /// <param name="modules">The first pointer to a module header.</param>
    /// <param name="end">Behind the last.</param>
    internal static void Initialize(ModuleHeader** modules, ModuleHeader** end)
    {
        for (ModuleHeader** module = modules; module < end; module++)
        {
            // The linker may leave gaps.
            if (*module != null)
            {
                Initialize(*module);
            }
        }
    }

    private static void Initialize(ModuleHeader* header)
    {
        if (header->Signature != ModuleHeader.ExpectedSignature || header->EntrySize != sizeof(ModuleSection))
        {
            throw new NotSupportedException("The module header is not what this library was written for");
        }

        ModuleSection* sections = (ModuleSection*)(header + 1);
        for (int i = 0; i < header->SectionCount; i++)
        {
            if (sections[i].Id == ModuleSection.GCStaticRegion)
            {
                InitializeStatics((ulong**)sections[i].Start, (ulong**)sections[i].End);
            }
        }

        Run(sections, header->SectionCount, ModuleSection.EagerConstructors);
        Run(sections, header->SectionCount, ModuleSection.ModuleInitializers);
    }

    private static void InitializeStatics(ulong** start, ulong** end)
    {
        for (ulong** cell = start; cell < end; cell++)
        {
            ulong* block = *cell;
            ulong value = *block;
            if ((value & Uninitialized) == 0)
            {
                continue;
            }

            MethodTable* type = (MethodTable*)(value & ~TagMask);
            object statics = Allocation.NewObject(type);
            if ((value & HasImage) != 0)
            {
                // The compiler ran the initialisers itself: the next word points at the values.
                SpanHelpers.Memmove(
                    ref RuntimeHelpers.GetRawData(statics), ref *(byte*)block[1], type->ObjectBytes - (nuint)sizeof(nint));
            }

            *block = *(ulong*)&statics;
        }
    }

    private static void Run(ModuleSection* sections, int count, int id)
    {
        for (int i = 0; i < count; i++)
        {
            if (sections[i].Id == id)
            {
                var method = (delegate* unmanaged[SuppressGCTransition]<void>*)sections[i].Start;
                for (; method < sections[i].End; method++)
                {
                    (*method)();
                }
            }
        }
    }
}
