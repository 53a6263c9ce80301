// SPDX-License-Identifier: MIT
// Netstandard ASSEMBLY OUTPUT: reads ASSEMBLY, which mcs has compiled for .NET Framework, changes its references
// to types of .NET Framework into references to netstandard 2.0, and writes the result to OUTPUT. All types that
// the assembly uses are part of netstandard 2.0.
using System;
using System.Linq;
using Mono.Cecil;

static class Netstandard
{
    // Cecil reads a few types of netstandard. The resolver returns Mono's core assembly, which has
    // these types too.
    sealed class Resolver : DefaultAssemblyResolver
    {
        readonly AssemblyNameReference core;

        internal Resolver(AssemblyNameReference core) { this.core = core; }

        public override AssemblyDefinition Resolve(AssemblyNameReference name, ReaderParameters parameters)
        {
            return base.Resolve(name.Name == "netstandard" ? core : name, parameters);
        }
    }

    static void Main(string[] arguments)
    {
        ModuleDefinition module = ModuleDefinition.ReadModule(arguments[0], new ReaderParameters { AssemblyResolver = new Resolver(AssemblyNameReference.Parse(typeof(object).Assembly.FullName)) });
        var standard = new AssemblyNameReference("netstandard", new Version(2, 0, 0, 0))
        {
            PublicKeyToken = new byte[] { 0xcc, 0x7b, 0x13, 0xff, 0xcd, 0x2d, 0xdd, 0x51 }
        };
        AssemblyNameReference[] framework = module.AssemblyReferences.ToArray();
        module.AssemblyReferences.Add(standard);
        foreach (TypeReference type in module.GetTypeReferences())
            if (type.Scope is AssemblyNameReference) type.Scope = standard;
        foreach (AssemblyNameReference reference in framework) module.AssemblyReferences.Remove(reference);
        module.Write(arguments[1]);
    }
}
